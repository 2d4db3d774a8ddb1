package shop;

public interface Attachments {
  /** What a caller sent beside its arguments. */
  String attachment(String key);
}
