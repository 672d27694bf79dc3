"""Answer composition, citation check, settings, command line and page."""
