// Numbers of things in words.

extension Int {
    /// `1 store`, `2 stores`, `0 entities`.
    ///
    /// - Parameter many: the plural, where it is not the word with an s.
    package func counted(_ one: String, _ many: String? = nil) -> String {
        "\(self) \(self == 1 ? one : many ?? "\(one)s")"
    }
}
