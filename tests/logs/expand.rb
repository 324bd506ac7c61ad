# Evaluates what stands in ${...} in a record_transformer, as Fluentd does: in Ruby, with `time` and `record`.
# A JSON object a line in (code, seconds, nanoseconds, record), a list of one value out.
require "json"
require "time"

class Expander
  def value(code, time, record) = instance_eval(code)
end

$stdin.set_encoding("UTF-8")
$stdin.each_line do |line|
  asked = JSON.parse(line)
  time = Time.at(asked["seconds"], asked["nanoseconds"], :nanosecond)
  $stdout.puts JSON.generate([Expander.new.value(asked["code"], time, asked["record"])])
  $stdout.flush
end
