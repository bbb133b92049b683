/// What `uring-client --help` prints.
let usage = """
  Usage: uring-client [OPTION...] REQUEST...
         uring-client [OPTION...] --hand-over-ring -- COMMAND [ARGUMENT...]
         uring-client --try-filters FILE

  Submits io_uring requests exactly as asked and prints one JSON object per completion:
    {"index":0,"operation":"openat","result":-13,"error":"EACCES","flags":0}
  Exit status: 0 every request completed, 1 one did not within the time, 2 no ring, 64 usage.

  Options
    --setup NAMES       io_uring_setup flags: sqpoll, disabled, submit_all, sqe128, single_issuer, defer_taskrun,
                        iopoll, coop_taskrun, cqe32 or numbers, joined by ','; a disabled ring is enabled before
                        the first request
    --one-by-one        submit each request when the one before it has completed
    --thread            do it all in a second thread
    --fork              do it all in a forked child
    --exec              execute this program anew first
    --exec-after-ring   create a ring and use it, then execute this program anew
    --hand-over-ring    create a ring that survives execve and become COMMAND
    --wait MS           longest wait for completions, in milliseconds (default 2000)

  Each REQUEST is one argument, as tests in policies, 'uring-jail explain' and 'uring-jail trace' write requests:
    'openat2 flags=wronly,creat mode=owner-read resolve=beneath'   'connect to=[2001:db8::1]:443'
    'socket family=inet type=stream,cloexec protocol=tcp'          'connect family=unix'
    'write sqe-flags=async,io_link user_data=7'                    'register buffers'
  An operation may be a number, and stand alone. A register operation is called with the ring and no argument, when
  what stands before it has completed. Further words, which only this program has:
    Any field of the SQE:  fd off addr len op_flags ioprio buf_index personality file_index addr3
    Data:                  path=TEXT (its address, or the path of 'connect family=unix'), path2=TEXT (in off),
                           path3=TEXT (in addr3), size=BYTES (address of a buffer), data=TEXT (to the end)
    bind:                  address=ADDRESS:PORT         connect, bind: addrlen=BYTES

  A line of FILE is PROGRAM[;REQUEST...]: instructions joined by ',', each the 16 hexadecimal digits of its struct
  sock_filter read as a little-endian number; '-' is no instruction. The program becomes a filter on the operation of
  the first request, or on nop. Printed is the name of the error, or 'accepted' and, for each request, 0 for EACCES,
  1 for any other result and ? for none in time.

  Numbers are decimal or 0x... user_data is the index of the request unless it is given and not 0.

  """
