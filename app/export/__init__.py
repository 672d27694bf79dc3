"""What leaves the program as a file: spreadsheets, Word documents and Markdown."""
