# SPDX-License-Identifier: GPL-2.0
# @summary A time as ha.cf has it: seconds, or with a unit
type Heartbeat::Time = Pattern[/\A[0-9]+(\.[0-9]+)?( *(ms|us))?\z/]
