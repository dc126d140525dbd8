pinspot --version
