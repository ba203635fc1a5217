package org.qrepo.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FiguresTest {
  @ParameterizedTest
  @CsvSource({
    "0,0 B",
    "1023,1023 B",
    "1024,1.0 KiB",
    "1536,1.5 KiB",
    "102348,99.9 KiB",
    "102400,100 KiB",
    "1048575,1.0 MiB",
    "102970000,98.2 MiB",
    "429916160,410 MiB",
    "9223372036854775807,8.0 EiB"
  })
  void bytes(long bytes, String text) {
    assertThat(Figures.bytes(bytes)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({
    "0,0 ms",
    "999,999 ms",
    "1200,1.2 s",
    "59949,59.9 s",
    "60000,1 min 0 s",
    "200000,3 min 20 s",
    "7500000,2 h 5 min"
  })
  void time(long millis, String text) {
    assertThat(Figures.time(Duration.ofMillis(millis))).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({"1048576,1000,1.0 MiB/s", "5,0,''"})
  void rate(long bytes, long millis, String text) {
    assertThat(Figures.rate(bytes, Duration.ofMillis(millis))).isEqualTo(text);
  }
}
