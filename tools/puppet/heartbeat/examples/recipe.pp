# SPDX-License-Identifier: GPL-2.0
# Two servers and one address between them: the classic recipe.
class { 'heartbeat':
  nodes       => {
    'cookbook'  => { 'eth0' => '10.0.2.15' },
    'cookbook2' => { 'eth0' => '10.0.2.16' },
  },
  addresses   => { 'cookbook' => ['10.0.2.100/24/eth0:1'] },
  auth_key    => Sensitive('topsecretpassword'),
  auth_method => 'sha1',
  keepalive   => '1',
  deadtime    => '10',
  warntime    => '5',
}
