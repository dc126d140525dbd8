pinspot rules test --no-default-rules samples/rules/local.json
