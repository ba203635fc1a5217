package org.qrepo.store.ground;

import java.nio.file.Path;
import java.util.Map;
import org.qrepo.publish.Store;
import org.qrepo.store.s3.PublicSide;
import org.qrepo.store.s3.S3Server;
import org.qrepo.store.s3.SerialisingForwarder;

/**
 * A bucket of an S3 server that keeps objects as files, and a web server before it. Publishers
 * reach it through a forwarder that lets no two writes of one key be there at a time: the server
 * itself looks at a condition and then writes, which is not one step.
 */
record BucketGround(Path root, S3Server server, SerialisingForwarder forwarder, PublicSide web)
    implements Ground {
  static Ground start(Path folder) throws Exception {
    S3Server server = S3Server.onDisk(folder);
    // Where the client of S3 looks for credentials in this process; others get them as they start.
    System.setProperty("aws.accessKeyId", S3Server.IDENTITY);
    System.setProperty("aws.secretAccessKey", S3Server.CREDENTIAL);
    return new BucketGround(
        folder.resolve("objects").resolve(S3Server.BUCKET),
        server,
        SerialisingForwarder.before(server.endpoint()),
        PublicSide.of(server));
  }

  @Override
  public Store open(Path folder) {
    return S3Server.store(forwarder.endpoint(), key(folder), true);
  }

  @Override
  public Map<String, String> target(Path folder) {
    return Map.of(
        "url",
        "s3://" + S3Server.BUCKET + "/" + key(folder),
        "server",
        site(folder),
        "endpoint",
        forwarder.endpoint().toString());
  }

  @Override
  public Map<String, String> environment() {
    return Map.of(
        "AWS_ACCESS_KEY_ID",
        S3Server.IDENTITY,
        "AWS_SECRET_ACCESS_KEY",
        S3Server.CREDENTIAL,
        "AWS_EC2_METADATA_DISABLED",
        "true");
  }

  @Override
  public String site(Path folder) {
    return web.url() + "/" + key(folder);
  }

  private String key(Path folder) {
    return root.relativize(folder).toString();
  }

  @Override
  public void close() {
    forwarder.close();
    web.close();
    server.close();
  }
}
