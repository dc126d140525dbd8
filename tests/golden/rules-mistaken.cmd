pinspot rules check samples/rules/mistaken.json
