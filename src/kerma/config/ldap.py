"""Options in, the settings of django-auth-ldap out."""

from typing import Any

from kerma.config.options import ConfigurationError, Options

_GROUP_CLASSES = {
    "member": ("GroupOfNamesType", "(|(objectClass=groupOfNames)(objectClass=group))"),
    "nested": ("NestedGroupOfNamesType", "(|(objectClass=groupOfNames)(objectClass=group))"),
    "posix": ("PosixGroupType", "(objectClass=posixGroup)"),
}
"""How groups list their members -> the class that reads them, and the filter that finds them.

Active Directory and OpenLDAP list the entries of members; `nested` groups may hold others; POSIX
groups list names."""


def ldap_settings(options: Options) -> dict[str, Any]:
    """Return Django's settings for the LDAP server of the options.

    Raises
    ------
    ConfigurationError
        If the libraries are not installed, or an option cannot be used.
    """
    try:
        import ldap
        from django_auth_ldap import config
    except ImportError as error:
        raise ConfigurationError(
            "KERMA_LDAP_URL is set, but LDAP is not installed. Install the Debian packages "
            "libldap-dev, libsasl2-dev and gcc, then kerma[ldap]."
        ) from error
    kind = options.text("ldap_group_kind")
    if kind not in _GROUP_CLASSES:
        known = ", ".join(_GROUP_CLASSES)
        raise ConfigurationError(f"KERMA_LDAP_GROUP_KIND is {kind!r}; it must be one of {known}.")
    if not options.text("ldap_user_base"):
        raise ConfigurationError(
            "KERMA_LDAP_URL is set without KERMA_LDAP_USER_BASE, the entry below which users are."
        )
    name, group_filter = _GROUP_CLASSES[kind]
    below = ldap.SCOPE_SUBTREE
    found: dict[str, Any] = {
        "AUTH_LDAP_SERVER_URI": options.text("ldap_url"),
        "AUTH_LDAP_BIND_DN": options.text("ldap_bind_dn"),
        "AUTH_LDAP_BIND_PASSWORD": options.text("ldap_bind_password"),
        "AUTH_LDAP_START_TLS": options.flag("ldap_start_tls"),
        "AUTH_LDAP_CONNECTION_OPTIONS": _connection(ldap, options.text("ldap_ca")),
        "AUTH_LDAP_USER_SEARCH": config.LDAPSearch(
            options.text("ldap_user_base"), below, options.text("ldap_user_filter")
        ),
        "AUTH_LDAP_USER_ATTR_MAP": {
            "first_name": "givenName", "last_name": "sn", "email": "mail",
        },
    }  # fmt: skip
    if options.text("ldap_group_base"):
        found["AUTH_LDAP_GROUP_SEARCH"] = config.LDAPSearch(
            options.text("ldap_group_base"), below, group_filter
        )
        found["AUTH_LDAP_GROUP_TYPE"] = getattr(config, name)()
    return found


def _connection(ldap: Any, authorities: str) -> dict[int, Any]:
    """Return the options of a connection: patience, no referrals, whom to trust."""
    chosen = {ldap.OPT_NETWORK_TIMEOUT: 10, ldap.OPT_TIMEOUT: 10, ldap.OPT_REFERRALS: 0}
    if authorities:
        chosen |= {ldap.OPT_X_TLS_CACERTFILE: authorities, ldap.OPT_X_TLS_NEWCTX: 0}
    return chosen
