pinspot explain client.dropbox.com samples/logs/panos.log 2>/dev/null | sed '/because/,/^$/d'
