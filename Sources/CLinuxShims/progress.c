#include "progress.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#define ERASE "\r\033[K"

/* Written before the timer starts, and read by the handler. */
static char line[sizeof ERASE + 64];
static size_t line_length;
static int is_active;
static struct sigaction former;
static sigset_t former_mask;

/* Touched by the handler. */
static volatile sig_atomic_t seconds;

/* Only write(2), which a signal handler may call. */
static void show(int signal_number) {
  (void)signal_number;
  int saved = errno;
  char text[sizeof line + 16];
  memcpy(text, line, line_length);
  size_t length = line_length;
  if (seconds < 9999) seconds++;
  char digits[4];
  size_t count = 0;
  for (int rest = seconds; rest > 0; rest /= 10) digits[count++] = (char)('0' + rest % 10);
  text[length++] = ',';
  text[length++] = ' ';
  while (count > 0) text[length++] = digits[--count];
  text[length++] = ' ';
  text[length++] = 's';
  if (write(STDERR_FILENO, text, length) < 0) {
    /* Nobody to tell. */
  }
  errno = saved;
}

int uj_progress_begin(const char *text) {
  if (is_active) return 0;
  size_t length = strlen(text);
  if (length > 63) {
    length = 63;
    /* Not in the middle of a character. */
    while (length > 0 && ((unsigned char)text[length] & 0xC0) == 0x80) length--;
  }
  memcpy(line, ERASE, sizeof ERASE - 1);
  memcpy(line + sizeof ERASE - 1, text, length);
  line_length = sizeof ERASE - 1 + length;
  seconds = 0;

  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = show;
  action.sa_flags = SA_RESTART;
  if (sigaction(SIGALRM, &action, &former) != 0) return 0;
  struct itimerval every_second = {{1, 0}, {1, 0}};
  if (setitimer(ITIMER_REAL, &every_second, NULL) != 0) {
    sigaction(SIGALRM, &former, NULL);
    return 0;
  }
  /* Whoever started this program may have left the signal blocked. */
  sigset_t alarm;
  sigemptyset(&alarm);
  sigaddset(&alarm, SIGALRM);
  sigprocmask(SIG_UNBLOCK, &alarm, &former_mask);
  is_active = 1;
  return 1;
}

void uj_progress_end(void) {
  struct itimerval never = {{0, 0}, {0, 0}};
  setitimer(ITIMER_REAL, &never, NULL);
  sigprocmask(SIG_SETMASK, &former_mask, NULL);
  sigaction(SIGALRM, &former, NULL);
  is_active = 0;
  if (seconds == 0) return;
  if (write(STDERR_FILENO, ERASE, sizeof ERASE - 1) < 0) {
    /* Nobody to tell. */
  }
}
