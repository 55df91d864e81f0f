# SPDX-License-Identifier: GPL-2.0
# @summary Servers that share addresses: when the one that has them dies, another takes them over
#
# The same class, with the same parameters, goes to every server.
#
# @param nodes
#   Each server's name, as `uname -n` prints it, and the addresses at which the others reach it, one for each interface. All
#   servers have the same interfaces.
# @param addresses
#   What is shared: each server's name, and the addresses that it has while it lives, as ADDRESS/PREFIX/INTERFACE[:LABEL],
#   of IPv6 without a label.
# @param auth_key
#   The secret by which they know each other; one word, without #.
# @param auth_method
#   How frames are signed by it.
# @param keepalive
#   The interval between two beats: seconds, or with a unit, as 10ms.
# @param deadtime
#   For how long a server must be silent to be held for dead.
# @param warntime
#   After what time a beat is late; by default half of deadtime.
# @param initdead
#   For how long the others are waited for after a start; by default derived from deadtime.
# @param auto_failback
#   Do addresses go back to the server that is named for them, when it is back?
# @param settings
#   Other lines of ha.cf, as they are.
# @param package
#   What to install; or nothing, where it is installed otherwise.
#
# @example
#   class { 'heartbeat':
#     nodes     => { 'alice' => { 'eth0' => '10.0.2.15' }, 'bob' => { 'eth0' => '10.0.2.16' } },
#     addresses => { 'alice' => ['10.0.2.100/24/eth0:1'] },
#     auth_key  => Sensitive('one-long-secret-word'),
#     keepalive => '10ms',
#     deadtime  => '50ms',
#   }
class heartbeat (
  Hash[String[1], Hash[String[1], Heartbeat::Address, 1], 2] $nodes,
  Hash[String[1], Array[String[1], 1], 1]                 $addresses,
  Sensitive[Pattern[/\A[^\s#]+\z/]]                       $auth_key,
  Enum['sha256', 'sha1', 'md5']                           $auth_method   = 'sha256',
  Heartbeat::Time                                         $keepalive     = '1',
  Heartbeat::Time                                         $deadtime      = '10',
  Optional[Heartbeat::Time]                               $warntime      = undef,
  Optional[Heartbeat::Time]                               $initdead      = undef,
  Boolean                                                 $auto_failback = true,
  Array[String[1]]                                        $settings      = [],
  Optional[String[1]]                                     $package       = 'heartbeat',
) {
  $addresses.keys.each |$name| {
    unless $name in $nodes {
      fail("heartbeat: addresses are for ${name}, which is not one of the nodes ${nodes.keys.join(', ')}")
    }
  }

  if $package {
    package { $package:
      ensure => installed,
      before => File['/etc/ha.d'],
    }
  }

  file {
    default:
      owner  => 'root',
      group  => 'root',
      mode   => '0644',
      notify => Exec['reload-heartbeat'];

    '/etc/ha.d':
      ensure => directory,
      mode   => '0755',
      notify => undef;

    '/etc/ha.d/ha.cf':
      content => epp('heartbeat/ha.cf.epp', {
          nodes         => $nodes,
          keepalive     => $keepalive,
          deadtime      => $deadtime,
          warntime      => $warntime,
          initdead      => $initdead,
          auto_failback => $auto_failback,
          settings      => $settings,
      });

    '/etc/ha.d/haresources':
      content => epp('heartbeat/haresources.epp', { addresses => $addresses });

    '/etc/ha.d/authkeys':
      mode      => '0600',
      show_diff => false,
      content   => Sensitive("auth 1\n1 ${auth_method} ${auth_key.unwrap}\n");
  }

  service { 'heartbeat':
    ensure  => running,
    enable  => true,
    require => File['/etc/ha.d/ha.cf', '/etc/ha.d/haresources', '/etc/ha.d/authkeys'],
  }

  # What is changed is applied as a difference: what still holds keeps holding.
  exec { 'reload-heartbeat':
    command     => '/usr/sbin/service heartbeat reload',
    refreshonly => true,
    require     => Service['heartbeat'],
  }
}
