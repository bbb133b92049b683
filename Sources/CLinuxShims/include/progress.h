/*
 * A line on a terminal while something takes long. A signal handler draws it, so that work needs no places in it where
 * time is looked at. C, because a signal handler may do little, and Swift does not say what its code does.
 */
#ifndef CLINUXSHIMS_PROGRESS_H
#define CLINUXSHIMS_PROGRESS_H

/*
 * Shows the text and the seconds since this call on standard error, from the first full second on. The text is copied,
 * and cut after 63 bytes. Uses SIGALRM and the real-time timer of the process.
 *
 * Returns 0, and does nothing, while another one is being shown or where there is no timer.
 */
int uj_progress_begin(const char *text);

/* Takes the line away, and gives signal and timer back. For a call of the other that did not return 0. */
void uj_progress_end(void);

#endif
