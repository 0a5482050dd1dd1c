"""The version, stated once: of the package, the command, and every stored result."""

__all__ = ["__version__"]

__version__ = "0.4.0"
