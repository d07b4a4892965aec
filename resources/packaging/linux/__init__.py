"""What a Linux desktop wants beside the programs: menu entry, icons, manual pages, completion, and so on."""
