"""Statistical process control: control charts and change points, for phantoms and for doses."""
