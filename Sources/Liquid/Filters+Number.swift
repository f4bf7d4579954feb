/// Filters that calculate. What isn't a number counts as 0, as Liquid has it.
extension Filter {
    static let numbers: [Filter] = [
        Filter("plus", 1...1) { value, arguments throws(Fault) in
            try Number(value).plus(Number(arguments[0])).value()
        },
        Filter("minus", 1...1) { value, arguments throws(Fault) in
            try Number(value).minus(Number(arguments[0])).value()
        },
        Filter("times", 1...1) { value, arguments throws(Fault) in
            try Number(value).times(Number(arguments[0])).value()
        },
        Filter("divided_by", 1...1) { value, arguments throws(Fault) in
            try Number(value).divided(by: Number(arguments[0])).value()
        },
        Filter("modulo", 1...1) { value, arguments throws(Fault) in
            try Number(value).modulo(Number(arguments[0])).value()
        },
        Filter("abs", 0...0) { value, _ throws(Fault) in try Number(value).magnitude.value() },
        Filter("ceil", 0...0) { value, _ throws(Fault) in try Number(value).rounded(.up).value() },
        Filter("floor", 0...0) { value, _ throws(Fault) in try Number(value).rounded(.down).value() },
        Filter("round", 0...1) { value, arguments throws(Fault) in
            let digits = Number(arguments[0]).wholePart
            return try Number(value).rounded(digits: Int(max(-30, min(30, digits)))).value()
        },
        Filter("at_least", 1...1) { value, arguments throws(Fault) in
            let (number, bound) = (Number(value), Number(arguments[0]))
            return try (number.double < bound.double ? bound : number).value()
        },
        Filter("at_most", 1...1) { value, arguments throws(Fault) in
            let (number, bound) = (Number(value), Number(arguments[0]))
            return try (number.double > bound.double ? bound : number).value()
        },
    ]
}
