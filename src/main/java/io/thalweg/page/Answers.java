package io.thalweg.page;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/** Answers that are whole. */
final class Answers {
  static final String JSON = "application/json";

  private Answers() {}

  /** An answer that says why there is no other. */
  static Publisher<Void> refuse(
      HttpServerResponse response, HttpResponseStatus status, String reason) {
    return json(response, status, Messages.refusal(reason));
  }

  static Publisher<Void> json(HttpServerResponse response, HttpResponseStatus status, byte[] body) {
    return response
        .status(status)
        .header(HttpHeaderNames.CONTENT_TYPE, JSON)
        .header(HttpHeaderNames.CONTENT_LENGTH, String.valueOf(body.length))
        .send(Mono.fromSupplier(() -> Unpooled.wrappedBuffer(body)));
  }

  /** A body, or only its head where that is what was asked for. */
  static Publisher<Void> body(
      HttpServerRequest request, HttpServerResponse response, String type, byte[] body) {
    response
        .header(HttpHeaderNames.CONTENT_TYPE, type)
        .header(HttpHeaderNames.CONTENT_LENGTH, String.valueOf(body.length));
    return request.method().equals(HttpMethod.HEAD)
        ? response.send()
        : response.send(Mono.fromSupplier(() -> Unpooled.wrappedBuffer(body)));
  }
}
