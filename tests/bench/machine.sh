#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Guest side: this whole machine is a node, and the contestant starts on it as it does in a namespace. For machines.sh.
#	machine.sh CONTESTANT ADDRESS
# shellcheck source-path=SCRIPTDIR source=../lab/lib.sh
. "$LAB_LIB"
# It goes on when this script has ended.
trap - EXIT
# shellcheck source=../netns/common.sh
. ../netns/common.sh

self=$(uname -n)
contestant=$1
files=$PWD/contestants/$contestant
# shellcheck source=contestants/hbkm-1-3ms/contestant
. "$files/contestant"
# shellcheck source=kinds/hbkm.sh
. "kinds/$kind.sh"
declare -A own_address=(["$self"]=$2)
# The namespaces of the first process are this machine's own.
lab_holder[$self]=1

ip link set lo up
ip link set eth0 up
ip address add "$2/24" dev eth0
lab_start "$self" syslog labtool syslog /run/log
ln -s /run/log /dev/log
kind_prepare
kind_start "$self"
