pinspot rules list local-bank-app --no-default-rules --rules samples/rules/local.json
