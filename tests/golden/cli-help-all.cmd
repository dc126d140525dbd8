pinspot --help all
