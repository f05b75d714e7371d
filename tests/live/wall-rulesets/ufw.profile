[Shop]
title=A shop
description=Web pages, and nothing else
ports=80,443/tcp
