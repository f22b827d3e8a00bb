package lunar

import "math"

// Mean length of a lunar month in days (Meeus).
const synodicMonth = 29.530588853

// zone is Vietnam's offset from Universal Time, in days.
const zone = 7.0 / 24

// newMoonDay is the day number, in Vietnam, of new moon k; number 0 is that of 1 January 1900.
func newMoonDay(k int) int { return int(math.Floor(newMoon(float64(k)) + 0.5 + zone)) }

// newMoon is the instant of new moon k as a Julian date of Universal Time (Meeus 1982, chapter 32).
func newMoon(k float64) float64 {
	t := k / 1236.85 // Julian centuries since 1900
	mean := 2415020.75933 + 29.53058868*k + 0.0001178*t*t - 0.000000155*t*t*t +
		0.00033*sine(166.56+132.87*t-0.009173*t*t)
	sun := 359.2242 + 29.10535608*k - 0.0000333*t*t - 0.00000347*t*t*t   // mean anomaly of the sun
	moon := 306.0253 + 385.81691806*k + 0.0107306*t*t + 0.00001236*t*t*t // mean anomaly of the moon
	node := 21.2964 + 390.67050646*k - 0.0016528*t*t - 0.00000239*t*t*t  // argument of latitude
	correction := (0.1734-0.000393*t)*sine(sun) + 0.0021*sine(2*sun) - 0.4068*sine(moon) + 0.0161*sine(2*moon) -
		0.0004*sine(3*moon) + 0.0104*sine(2*node) - 0.0051*sine(sun+moon) - 0.0074*sine(sun-moon) +
		0.0004*sine(2*node+sun) - 0.0004*sine(2*node-sun) - 0.0006*sine(2*node+moon) + 0.0010*sine(2*node-moon) +
		0.0005*sine(2*moon+sun)
	return mean + correction - dynamical(t)
}

// dynamical is how far ephemeris time runs ahead of Universal Time, in days.
func dynamical(t float64) float64 {
	if t < -11 {
		return 0.001 + 0.000839*t + 0.0002261*t*t - 0.00000845*t*t*t - 0.000000081*t*t*t*t
	}
	return -0.000278 + 0.000265*t + 0.000262*t*t
}

// term is the number, 0 to 11, of the major term the sun has passed by the first instant of a day
// in Vietnam: its apparent longitude in twelfths of the circle, from the spring equinox on.
func term(day int) int { return int(longitude(float64(day)-0.5-zone) / 30) }

// longitude is the sun's apparent longitude in degrees, 0 to 360, at a Julian date (Meeus 1998,
// chapter 25, low accuracy: 0.01°).
func longitude(at float64) float64 {
	t := (at - 2451545.0) / 36525 // Julian centuries since 2000
	anomaly := 357.52910 + 35999.05030*t - 0.0001559*t*t - 0.00000048*t*t*t
	mean := 280.46645 + 36000.76983*t + 0.0003032*t*t
	centre := (1.914600-0.004817*t-0.000014*t*t)*sine(anomaly) + (0.019993-0.000101*t)*sine(2*anomaly) + 0.000290*sine(3*anomaly)
	apparent := mean + centre - 0.00569 - 0.00478*sine(125.04-1934.136*t)
	return apparent - 360*math.Floor(apparent/360)
}

// sine takes degrees.
func sine(degrees float64) float64 { return math.Sin(degrees * math.Pi / 180) }
