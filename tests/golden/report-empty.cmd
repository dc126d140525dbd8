pinspot scan --utc /dev/null
