"""The notices as received, and the code that turns a file into documents, units and sentences."""
