pinspot scan samples/logs/panos.log
