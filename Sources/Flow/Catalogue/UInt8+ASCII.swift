extension UInt8 {
    /// Whether this byte is an ASCII letter.
    var isLetter: Bool { isLowerLetter || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) }
    var isLowerLetter: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self) }
    var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}
