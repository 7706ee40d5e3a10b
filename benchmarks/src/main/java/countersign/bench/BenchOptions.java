package countersign.bench;

/**
 * What a load run was asked for.
 *
 * @param rounds interleaved rounds, at least 1
 * @param seconds length of a round
 * @param warmup seconds of load before anything is measured, a route
 * @param big bytes of a large result
 */
record BenchOptions(int rounds, int seconds, int warmup, long big) {
  static BenchOptions parse(String... arguments) {
    BenchOptions options = new BenchOptions(5, 8, 15, 200_000_000);
    for (int i = 0; i + 1 < arguments.length; i += 2) {
      long value = Long.parseLong(arguments[i + 1]);
      options =
          switch (arguments[i]) {
            case "--rounds" ->
                new BenchOptions((int) value, options.seconds, options.warmup, options.big);
            case "--seconds" ->
                new BenchOptions(options.rounds, (int) value, options.warmup, options.big);
            case "--warmup" ->
                new BenchOptions(options.rounds, options.seconds, (int) value, options.big);
            case "--big" ->
                new BenchOptions(options.rounds, options.seconds, options.warmup, value);
            default ->
                throw new IllegalArgumentException(
                    arguments[i] + " (expected: --rounds, --seconds, --warmup or --big)");
          };
    }
    return options;
  }
}
