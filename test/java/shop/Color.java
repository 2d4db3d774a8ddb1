package shop;

public enum Color {
  red, green, blue
}
