package org.qrepo.io;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import com.github.luben.zstd.util.Native;
import java.io.IOException;
import java.io.OutputStream;

/** The native zstd library, loaded when it is first needed. */
final class CompressionZstdLibrary {
  private static final int LEVEL = 3;

  private CompressionZstdLibrary() {}

  /** The library cannot be loaded here: nothing is known about the data. */
  static final class MissingException extends IOException {
    private static final long serialVersionUID = 1L;

    MissingException(Throwable cause) {
      super(
          "cannot load the zstd library from "
              + System.getProperty("ZstdTempFolder", System.getProperty("java.io.tmpdir"))
              + ": it must exist, have room, and programs must be allowed to run there (not mounted"
              + " noexec); name another directory: QREPO_JAVA_OPTS=-DZstdTempFolder=DIR",
          cause);
    }
  }

  static ZstdDecompressCtx decoder() throws MissingException {
    load();
    return new ZstdDecompressCtx();
  }

  static OutputStream encoder(OutputStream out) throws IOException {
    load();
    return new ZstdOutputStreamNoFinalizer(out, LEVEL).setChecksum(true);
  }

  private static void load() throws MissingException {
    try {
      Native.load();
    } catch (LinkageError e) {
      throw new MissingException(e);
    }
  }
}
