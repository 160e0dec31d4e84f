package dev.freshet.replay.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;

/** A client of Flink's REST API. For one thread. */
final class FlinkRest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

  /** An upload of the job, or defining it, which asks Kafka, may take this long. */
  private static final Duration ANSWER_TIMEOUT = Duration.ofMinutes(3);

  private static final String CAUSE = "Caused by: ";
  private static final String BOUNDARY = "freshet-job-jar";

  private final HttpClient http = HttpClient.newBuilder().connectTimeout(CONNECT_TIMEOUT).build();
  private final String address;

  /**
   * @param address host:port of the JobManager's REST API, or its URL
   */
  FlinkRest(String address) {
    String url = address.contains("://") ? address : "http://" + address;
    this.address = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
  }

  JsonNode get(String path) throws InterruptedException {
    return send("GET", path, BodyPublishers.noBody(), "application/json");
  }

  JsonNode post(String path, JsonNode body) throws InterruptedException {
    return send("POST", path, BodyPublishers.ofString(body.toString()), "application/json");
  }

  JsonNode patch(String path) throws InterruptedException {
    return send("PATCH", path, BodyPublishers.noBody(), "application/json");
  }

  JsonNode delete(String path) throws InterruptedException {
    return send("DELETE", path, BodyPublishers.noBody(), "application/json");
  }

  /** Uploads a jar as a form's file. */
  JsonNode upload(String path, Path jar) throws IOException, InterruptedException {
    String head =
        "--%s\r\nContent-Disposition: form-data; name=\"jarfile\"; filename=\"%s\"\r\nContent-Type: application/x-java-archive\r\n\r\n"
            .formatted(BOUNDARY, jar.getFileName());
    BodyPublisher form =
        BodyPublishers.concat(
            BodyPublishers.ofString(head),
            BodyPublishers.ofFile(jar),
            BodyPublishers.ofString("\r\n--" + BOUNDARY + "--\r\n"));
    return send("POST", path, form, "multipart/form-data; boundary=" + BOUNDARY);
  }

  private JsonNode send(String method, String path, BodyPublisher body, String contentType)
      throws InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(address + path))
            .timeout(ANSWER_TIMEOUT)
            .header("Content-Type", contentType)
            .method(method, body)
            .build();
    try {
      HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
      JsonNode answer = JSON.readTree(response.body());
      if (response.statusCode() / 100 != 2) {
        throw new FlinkRestException(
            "Flink at %s refused %s %s (%d): %s"
                .formatted(address, method, path, response.statusCode(), reason(answer)));
      }
      return answer;
    } catch (ConnectException e) {
      throw new FlinkRestException("There is no Flink at " + address + ".", e);
    } catch (IOException e) {
      throw new FlinkRestException(
          "Flink at %s does not answer %s %s: %s".formatted(address, method, path, e.getMessage()),
          e);
    }
  }

  /** The innermost cause of the stack trace that Flink answers with. */
  private static String reason(JsonNode answer) {
    String text = "";
    for (JsonNode error : answer.path("errors")) {
      text = error.asText();
    }
    return rootCause(text);
  }

  /** The message of the innermost cause in the text of a stack trace, over all its lines. */
  static String rootCause(String stackTrace) {
    int cause = stackTrace.lastIndexOf(CAUSE);
    String last = cause < 0 ? stackTrace : stackTrace.substring(cause + CAUSE.length());
    int frames = last.indexOf("\n\tat ");
    return (frames < 0 ? last : last.substring(0, frames)).strip();
  }
}
