# SPDX-License-Identifier: GPL-2.0
# The classic recipe's class, in its own order: the service is wanted before its files are there, and they reload it.
class heartbeat {
  package { 'heartbeat':
    ensure => installed,
  }

  service { 'heartbeat':
    ensure  => running,
    enable  => true,
    require => Package['heartbeat'],
  }

  exec { 'reload-heartbeat':
    command     => '/usr/sbin/service heartbeat reload',
    refreshonly => true,
  }

  file { '/etc/ha.d/authkeys':
    source  => 'puppet:///modules/heartbeat/authkeys',
    mode    => '0600',
    require => Package['heartbeat'],
    notify  => Exec['reload-heartbeat'],
  }

  file { '/etc/ha.d/haresources':
    source  => 'puppet:///modules/heartbeat/haresources',
    require => Package['heartbeat'],
    notify  => Exec['reload-heartbeat'],
  }

  file { '/etc/ha.d/ha.cf':
    source  => 'puppet:///modules/heartbeat/ha.cf',
    require => Package['heartbeat'],
    notify  => Exec['reload-heartbeat'],
  }
}
