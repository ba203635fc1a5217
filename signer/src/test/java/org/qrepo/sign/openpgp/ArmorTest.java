package org.qrepo.sign.openpgp;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.qrepo.sign.openpgp.Armor.Block;

class ArmorTest {
  private final Random random = new Random(7);

  private byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  @Test
  void readsWhatItWrites() throws Exception {
    for (int length = 0; length < 300; length++) {
      byte[] bytes = bytes(length);
      byte[] armored = Armor.encode(bytes, Block.SIGNATURE, List.of("Comment: c", "Version: 1"));
      assertThat(Armor.isArmored(armored)).isTrue();
      assertThat(Armor.decode(armored, Block.SIGNATURE, true)).isEqualTo(bytes);
    }
  }

  @Test
  void readsSeveralBlocksAndTheTextAround() throws Exception {
    byte[] one = bytes(70);
    byte[] two = bytes(71);
    String text =
        "my keys:\n"
            + new String(Armor.encode(one, Block.PUBLIC_KEY, List.of()), US_ASCII)
            + "and\n"
            + new String(Armor.encode(bytes(5), Block.PRIVATE_KEY, List.of()), US_ASCII)
            + new String(Armor.encode(two, Block.PUBLIC_KEY, List.of()), US_ASCII);
    assertThat(Armor.decode(text.getBytes(US_ASCII), Block.PUBLIC_KEY, false))
        .startsWith(one)
        .endsWith(two)
        .hasSize(141);
    assertThatThrownBy(() -> Armor.decode(text.getBytes(US_ASCII), Block.PUBLIC_KEY, true))
        .isInstanceOf(PacketException.class);
    assertThatThrownBy(() -> Armor.decode(text.getBytes(US_ASCII), Block.SIGNATURE, false))
        .isInstanceOf(PacketException.class);
  }

  @Test
  void findsEveryChangedLetter() throws Exception {
    byte[] bytes = bytes(60);
    String armored = new String(Armor.encode(bytes, Block.SIGNATURE, List.of()), US_ASCII);
    int start = armored.indexOf("\n\n") + 2;
    for (int i = 0; i < 80; i++) {
      StringBuilder changed = new StringBuilder(armored);
      int at = start + i + i / 64;
      changed.setCharAt(at, changed.charAt(at) == 'A' ? 'B' : 'A');
      assertThatThrownBy(
              () -> Armor.decode(changed.toString().getBytes(US_ASCII), Block.SIGNATURE, true))
          .isInstanceOf(PacketException.class);
    }
  }

  @Test
  void doesWithoutACheckSum() throws Exception {
    byte[] bytes = bytes(30);
    String armored =
        new String(Armor.encode(bytes, Block.SIGNATURE, List.of()), US_ASCII)
            .replaceAll("\n=[^\n]*\n", "\n");
    assertThat(Armor.decode(armored.getBytes(US_ASCII), Block.SIGNATURE, true)).isEqualTo(bytes);
  }

  @Test
  void takesNoPacketForText() {
    byte[] packet = new Packet(Packet.USER_ID, "-----BEGIN PGP X".getBytes(US_ASCII)).encoded();
    assertThat(Armor.isArmored(packet)).isFalse();
    assertThat(Armor.isArmored(new byte[0])).isFalse();
  }
}
