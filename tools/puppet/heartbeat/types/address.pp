# SPDX-License-Identifier: GPL-2.0
# @summary An IPv4 or IPv6 address
type Heartbeat::Address = Pattern[/\A([0-9]{1,3}\.){3}[0-9]{1,3}\z/, /\A[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*\z/]
