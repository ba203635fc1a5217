package org.qrepo.sign.openpgp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PacketTest {
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 191, 192, 255, 256, 8383, 8384, 65535, 65536, 100_000})
  void readsWhatItWrites(int length) throws Exception {
    byte[] body = new byte[length];
    new Random(length).nextBytes(body);
    for (int tag : new int[] {2, 6, 13, 17, 60}) {
      Packet packet = new Packet(tag, body);
      byte[] twice = Packet.encode(List.of(packet, packet));
      assertThat(Packet.readAll(twice, 2)).containsExactly(packet, packet);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "c200, 1",
    "c20101, 1",
    "c2c000, 0",
    "c2ff00000000, 1",
    "c2ffffffffff, 0",
    "c2, 0",
    "c2e0, 0",
    "8b00, 0",
    "8aff, 0",
    "8affffffff, 0",
    "00, 0",
    "80, 0",
    "c0, 0",
    "7f, 0"
  })
  void readsHeaders(String hex, int packets) {
    byte[] bytes = java.util.HexFormat.of().parseHex(hex);
    int read;
    try {
      read = Packet.readAll(bytes, 9).size();
    } catch (PacketException e) {
      read = 0;
      assertThat(e.reason()).isNotBlank();
    }
    assertThat(read).isEqualTo(packets);
  }

  @Test
  void boundsTheirNumber() {
    byte[] many = new byte[100];
    for (int i = 0; i < many.length; i += 2) {
      many[i] = (byte) 0xC2;
    }
    PacketException e = catchThrowableOfType(PacketException.class, () -> Packet.readAll(many, 49));
    assertThat(e.kind()).isEqualTo(PacketException.Kind.TOO_MANY);
    assertThat(e.offset()).isEqualTo(98);
  }
}
