pinspot --help
