package shop;

public interface Overloads {
  String of(int n);

  String of(String text);

  String of(int n, String text);

  String of(Item item, long[] counts);
}
