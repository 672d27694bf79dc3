"""What each tab of the workbench shows, as HTML in which nothing from outside is live."""
