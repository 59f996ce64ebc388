package io.thalweg.page;

import org.reactivestreams.Publisher;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/**
 * What is behind one path. A further one, for commands say, is one more row of the server's table.
 */
interface Route {
  /** The methods it answers, as an {@code Allow} header lists them. */
  default String allows() {
    return "GET, HEAD";
  }

  /** Answers a request whose method is allowed. */
  Publisher<Void> answer(HttpServerRequest request, HttpServerResponse response);
}
