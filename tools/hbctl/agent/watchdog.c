// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel's watchdog, as ha.cf's watchdog line wants it. It is fed from the
 * agent's loop and from nowhere else, so that what it guards is that loop. An
 * agent that is killed leaves it running, and its successor has until then to
 * open it again.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/watchdog.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "agent.h"
#include "log.h"

#define FEEDS_IN_TIMEOUT	4
#define RETRY_NS		10000000000ULL

static struct {
	char device[sizeof(((struct config *)0)->watchdog)];	/* "": none is wanted */
	unsigned int wanted_s;
	int fd;
	uint64_t period;
	uint64_t at;			/* when to feed it, or try again to open it; 0: never */
	int error;			/* of the last try, so that it is logged once */
} dog = { .fd = -1 };

static const char *advice(int err)
{
	switch (err) {
	case ENOENT:
		return "there is no such device: load its driver, as by modprobe softdog";
	case EBUSY:
		return "another program has it, as systemd with RuntimeWatchdogSec";
	default:
		return strerror(err);
	}
}

static void set_timeout(void)
{
	int s = (int)dog.wanted_s, got = 0;

	if (ioctl(dog.fd, WDIOC_SETTIMEOUT, &s))
		log_write(LOG_WARNING, "WDIOC_SETTIMEOUT: Failed to set watchdog timer to %u seconds: %s",
			  dog.wanted_s, strerror(errno));
	/* What it has is what counts, whether or not it took what we said. */
	if (!ioctl(dog.fd, WDIOC_GETTIMEOUT, &got) && got > 0)
		s = got;
	dog.period = (uint64_t)s * 1000000000 / FEEDS_IN_TIMEOUT;
	/* By the old period it may be too late. */
	dog.at = agent_now();
	log_write(LOG_NOTICE, "Using watchdog device: %s, timeout %d s", dog.device, s);
}

static void check_magic_close(void)
{
	struct watchdog_info info = { 0 };

	if (ioctl(dog.fd, WDIOC_GETSUPPORT, &info) || info.options & WDIOF_MAGICCLOSE)
		return;
	log_write(LOG_WARNING, "Watchdog device %s cannot be disarmed: this machine is reset when heartbeat is stopped",
		  dog.device);
}

static void try_open(uint64_t now)
{
	dog.fd = open(dog.device, O_WRONLY | O_CLOEXEC);
	if (dog.fd >= 0) {
		dog.error = 0;
		check_magic_close();
		set_timeout();
		return;
	}
	if (errno != dog.error)
		log_write(LOG_ERR, "Cannot open watchdog device: %s: %s. Until it can be, nothing resets this machine if it hangs",
			  dog.device, advice(errno));
	dog.error = errno;
	dog.at = now + RETRY_NS;
}

void watchdog_open(const struct config *c)
{
	int err;

	/* Heartbeat's service loads softdog, where nothing else makes the device. */
	if (*c->watchdog && access(c->watchdog, F_OK) && errno == ENOENT) {
		err = module_insert("softdog");
		if (err)
			log_write(LOG_ERR, "Cannot load module softdog for watchdog device %s: %s",
				  c->watchdog, strerror(-err));
	}
	watchdog_configure(c);
}

void watchdog_configure(const struct config *c)
{
	unsigned int s = config_watchdog_s(c);

	if (strcmp(c->watchdog, dog.device)) {
		watchdog_close();
		memcpy(dog.device, c->watchdog, sizeof(dog.device));
		dog.wanted_s = s;
		if (*dog.device)
			try_open(agent_now());
	} else if (*dog.device && s != dog.wanted_s) {
		dog.wanted_s = s;
		if (dog.fd >= 0)
			set_timeout();
	}
}

void watchdog_run(uint64_t now)
{
	if (!dog.at || now < dog.at)
		return;
	if (dog.fd < 0)
		try_open(now);
	if (dog.fd < 0)
		return;
	if (write(dog.fd, "", 1) != 1 && errno != dog.error) {
		dog.error = errno;
		log_write(LOG_ERR, "Feeding watchdog device %s: %s", dog.device, strerror(errno));
	}
	dog.at = now + dog.period;
}

uint64_t watchdog_next(void)
{
	return dog.at;
}

void watchdog_close(void)
{
	if (dog.fd >= 0) {
		/* The letter that says that closing is meant. */
		if (write(dog.fd, "V", 1) != 1)
			log_write(LOG_ERR, "Disarming watchdog device %s: %s", dog.device,
				  strerror(errno));
		close(dog.fd);
	}
	dog.fd = -1;
	dog.at = 0;
	dog.error = 0;
	*dog.device = '\0';
}
