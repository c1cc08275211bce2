"""Settings, addresses and the WSGI application; imported by nobody."""
