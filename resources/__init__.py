"""Files that ship with the program: icons, recipes."""
