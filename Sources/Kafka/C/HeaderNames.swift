// Header names, which are few and repeat on every record.

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Names seen before, so that they aren't allocated anew for each record.
struct HeaderNames {
    private static let limit = 32
    private var known: [String] = []

    /// - Parameter index: the header's place. Records of one kind have the same names in the same places,
    ///   so the name that was met at this place is tried first.
    mutating func name(_ pointer: UnsafePointer<CChar>, at index: Int) -> String {
        if index < known.count, Self.isSame(known[index], pointer) { return known[index] }
        if let name = known.first(where: { Self.isSame($0, pointer) }) { return name }
        var name = String(cString: pointer)
        name.makeContiguousUTF8()
        if known.count < Self.limit { known.append(name) }
        return name
    }

    private static func isSame(_ name: String, _ pointer: UnsafePointer<CChar>) -> Bool {
        name.utf8.withContiguousStorageIfAvailable { bytes in
            guard let start = bytes.baseAddress else { return pointer.pointee == 0 }
            // Equal so far means that `pointer` has no end before `bytes.count`, so the byte there may be
            // read.
            return strncmp(UnsafeRawPointer(start).assumingMemoryBound(to: CChar.self), pointer, bytes.count)
                == 0
                && pointer[bytes.count] == 0
        } ?? false
    }
}
