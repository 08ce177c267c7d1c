"""The one secret of all processes of the tests: what one of them wrote encrypted another remembers, attacks or reads."""

SECRET_KEY = "of the tests alone"
