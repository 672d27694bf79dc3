"""How the shipped embedding model is made; run by maintainers, never by the program."""
