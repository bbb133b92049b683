#include "escapes.h"

#include <stdio.h>
#include <string.h>

int main(int count, char **arguments) {
  const struct trick *tables[] = {handed_tricks,  submission_tricks, object_tricks,  register_tricks,
                                  process_tricks, argument_tricks,   program_tricks, detour_tricks};
  for (size_t table = 0; table < sizeof tables / sizeof *tables; table++) {
    for (const struct trick *trick = tables[table]; trick->name; trick++) {
      if (count < 2) {
        puts(trick->name);
      } else if (strcmp(trick->name, arguments[1]) == 0) {
        trick_name = trick->name;
        trick->run(arguments + 2);
        finish();
      }
    }
  }
  if (count < 2) return 0;
  fprintf(stderr, "uring-escapes: no trick is called '%s'; without arguments, all are listed\n", arguments[1]);
  return 64;
}
