package org.qrepo.publish;

/**
 * What went over the network between a store and its server. Headers are not counted.
 *
 * @param sent bytes of the bodies of all requests
 * @param received bytes of the bodies of all answers
 * @param copied objects that the server copied from others that it had
 * @param repeated objects whose bytes were sent although the server should have had them: it does
 *     not copy on a condition, or they were not there
 */
public record Traffic(long sent, long received, long copied, long repeated) {
  public static final Traffic NONE = new Traffic(0, 0, 0, 0);

  /** What came to it since an earlier moment. */
  public Traffic since(Traffic earlier) {
    return new Traffic(
        sent - earlier.sent,
        received - earlier.received,
        copied - earlier.copied,
        repeated - earlier.repeated);
  }
}
