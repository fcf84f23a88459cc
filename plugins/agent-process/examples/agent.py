"""Detection by looking: is there a pod that is not as it should be?"""


class Agent:
    def init_context(self, problem_desc, instructions, apis):
        namespace = problem_desc.split("Namespace: ")[1].split()[0]
        self.looked = False
        self.look = 'exec_shell("kubectl get pods -n %s --no-headers")' % namespace

    async def get_action(self, observation):
        if not self.looked:
            self.looked = True
            return "```\n%s\n```" % self.look
        pods = [line.split() for line in observation.splitlines() if "/" in line]
        broken = [pod for pod in pods if pod[2] not in ("Running", "Completed") or int(pod[3]) > 0]
        return '```\nsubmit("%s")\n```' % ("Yes" if broken else "No")
