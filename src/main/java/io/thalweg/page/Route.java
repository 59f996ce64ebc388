package io.thalweg.page;

import java.util.List;
import org.reactivestreams.Publisher;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/** What is behind one path: a row of the server's table. */
interface Route {
  /** What reads and changes nothing. */
  List<String> READS = List.of("GET", "HEAD");

  /** The methods it answers, in the order in which an {@code Allow} header lists them. */
  default List<String> allows() {
    return READS;
  }

  /** Answers a request whose method is allowed. */
  Publisher<Void> answer(HttpServerRequest request, HttpServerResponse response);
}
