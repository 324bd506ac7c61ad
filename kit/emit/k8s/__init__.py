"""The stack for Kubernetes: program.py is one program, workload.py its objects, file.py says what is written where."""
